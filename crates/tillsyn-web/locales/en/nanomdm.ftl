activity-wake = woke:
webhook-raw = It gets what devices send, as it came (NanoMDM format), with secrets in it such as unlock and bootstrap tokens.
webhook-event-raw = A message of a device
webhook-format = What it sends
webhook-format-events = Events of the audit trail
webhook-format-raw = What devices send, as it came (NanoMDM format)
webhook-format-hint = Events of raw messages are their topics: mdm.Connect, mdm.*, or * for all
webhook-format-warning = Raw messages carry secrets: unlock tokens, bootstrap tokens, recovery keys, places, and whatever else devices send. Whoever receives them can open devices. The audit trail keeps who turned this on.
