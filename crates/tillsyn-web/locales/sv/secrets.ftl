permission-secrets-reveal-pins = Visa PIN-koder för låsta Mac-datorer
permission-secrets-reveal-keys = Visa återställningsnycklar, bypass-koder och lösenord
permission-secrets-reveal-tokens = Visa upplåsnings- och bootstrap-token
