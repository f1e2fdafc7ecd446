//! Keys, certificate authority, CSR policy, CMS and SCEP messages, sealed secrets. No I/O.
