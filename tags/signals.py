from django.dispatch import Signal

# Sent inside the transaction that merges tags, with the keyword arguments `merged` (the ids of those that go) and
# `into` (the tag that stays), before they go: other apps move there what refers to them, or lose it.
tags_merging = Signal()
