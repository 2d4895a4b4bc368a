"""The hands: bytes to and from Asterisk (AMI and FastAGI). Must not know queues, priorities or flows."""
