"""What was, over days and months? Tables of figures out of the store; definitions are those of the metric contract."""
