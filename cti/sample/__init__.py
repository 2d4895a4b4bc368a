"""The sample backend: what a customer's own shop system looks like to a flow. For the example centre and tests only."""
