"""What a client and the dying shop tell each other.

Apart from that shop, which freezes the objects of its process for the garbage collector.
"""

# The number of a statement, from 0; as many as there are: after the last one.
DIE_BEFORE = "Die-Before"
# What a request has asked of the database, as JSON.
STATEMENTS = "Statements"
