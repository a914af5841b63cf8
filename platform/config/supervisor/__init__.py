"""What `make run` starts: the database, the web server, the worker and its clock, as one thing that stops as one.

Nothing outlives it: a stop is passed on to every process and waited for, and a guard does the same if the supervisor
itself is killed.
"""
