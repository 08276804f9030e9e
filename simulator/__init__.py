"""A local Xero: everything a client of Xero's APIs can see, on one port, steered by tests."""
