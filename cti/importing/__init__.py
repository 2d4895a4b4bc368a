"""How is a queues.conf of app_queue turned into our YAML? Every option mapped, or listed with the reason."""
