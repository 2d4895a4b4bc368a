"""HTTP at the edge: /metrics and health for machines on TCP, the control socket for people on this machine."""
