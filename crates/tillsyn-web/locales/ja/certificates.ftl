permission-certificates-renew = デバイスに証明書の更新を求める
permission-certificates-revoke = デバイスの証明書を失効させる
activity-certificate-renew = 新しい証明書を要求:
activity-certificate-late = 新しい証明書が届かない:
activity-certificate-expiring = 証明書の期限が近い:
activity-certificate-expired = 証明書の期限切れ:
activity-certificate-revoked = 証明書を失効:
