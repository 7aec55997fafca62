# Empty: gunicorn's master loads this package for its log lines. What it has loaded, its new workers
# have too after a reload, whatever release they are of.
