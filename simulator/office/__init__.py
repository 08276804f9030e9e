"""The pages of the back office, room by room; backoffice.py leads to them."""
