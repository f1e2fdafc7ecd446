# Certificates that profiles carry, as the audit trail says it.
activity-credential = ネットワーク証明書を発行:
activity-credential-refused = ネットワーク証明書の発行を拒否:
activity-credential-renew = 新しいネットワーク証明書を要求:
activity-credential-expiring = ネットワーク証明書がまもなく期限切れ:
activity-credential-expired = ネットワーク証明書が期限切れ:
