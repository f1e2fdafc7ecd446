activity-wake = väckte:
webhook-raw = Den får det som enheterna skickar, oförändrat (NanoMDM-format), med hemligheter som upplåsnings- och bootstrap-tokens.
webhook-event-raw = Ett meddelande från en enhet
