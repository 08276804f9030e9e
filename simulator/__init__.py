"""A local Xero: everything a client of Xero's APIs can see, on one port, steered by tests.

``from simulator.server import XeroSimulator`` to start one, ``from simulator.steering import Steering`` to steer one.
"""
