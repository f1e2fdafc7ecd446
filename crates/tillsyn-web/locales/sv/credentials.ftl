# Certificates that profiles carry, as the audit trail says it.
activity-credential = utfärdade ett nätverkscertifikat till
activity-credential-refused = utfärdade inget nätverkscertifikat till
activity-credential-renew = bad om ett nytt nätverkscertifikat från
activity-credential-expiring = nätverkscertifikatet går snart ut på
activity-credential-expired = nätverkscertifikatet gick ut på
