"""The documents' `waitingroom` application."""
