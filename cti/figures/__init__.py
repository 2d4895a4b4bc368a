"""What is counted of the stream of facts, whoever counts: live view, history, reports. PURE."""
