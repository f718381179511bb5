"""The case key and who may use it: the opener process, its client, the key's custody and its shares."""
