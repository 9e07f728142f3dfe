"""The table of waits in docs/order.md is what the present order does."""

from scripts import simulate_month


def test_the_documented_waits_are_those_of_this_order() -> None:
    assert simulate_month.table() in simulate_month.PAGE.read_text(), "run: python -m scripts.simulate_month"
