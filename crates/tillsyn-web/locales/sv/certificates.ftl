permission-certificates-renew = Be enheter förnya sitt certifikat
permission-certificates-revoke = Spärra enheters certifikat
activity-certificate-renew = bad om ett nytt certifikat av
activity-certificate-late = inget nytt certifikat kom från
activity-certificate-expiring = certifikatet går snart ut för
activity-certificate-expired = certifikatet gick ut för
activity-certificate-revoked = spärrade ett certifikat för
