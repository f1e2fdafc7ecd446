permission-secrets-reveal-pins = Reveal PINs of locked Macs
permission-secrets-reveal-keys = Reveal recovery keys, bypass codes and passwords
permission-secrets-reveal-tokens = Reveal unlock and bootstrap tokens
