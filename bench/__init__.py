"""The benchmarks: MediQueue beside the system it replaces and beside the least that is possible."""
