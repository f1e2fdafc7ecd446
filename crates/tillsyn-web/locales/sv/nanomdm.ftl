activity-wake = väckte:
webhook-raw = Den får det som enheterna skickar, oförändrat (NanoMDM-format), med hemligheter som upplåsnings- och bootstrap-tokens.
webhook-event-raw = Ett meddelande från en enhet
webhook-format = Vad den skickar
webhook-format-events = Händelser ur granskningsspåret
webhook-format-raw = Det som enheterna skickar, oförändrat (NanoMDM-format)
webhook-format-hint = För råa meddelanden är händelserna deras ämnen: mdm.Connect, mdm.* eller * för alla
webhook-format-warning = Råa meddelanden bär hemligheter: upplåsningstokens, bootstrap-tokens, återställningsnycklar, platser och vad enheterna annars skickar. Den som tar emot dem kan öppna enheter. Granskningsspåret visar vem som slog på detta.
