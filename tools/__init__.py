"""What is behind ./run. Standard library only, up to the point where tools/environment.py has made the environment."""
