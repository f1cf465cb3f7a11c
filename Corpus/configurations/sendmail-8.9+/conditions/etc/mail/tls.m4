ifelse(eval(version_math >= 527104), `1', `dnl
ifelse(with_tls, `yes', `dnl
define(`confSERVER_CERT', `/etc/mail/tls/server.crt')dnl
define(`confTLS_SRV_OPTIONS', `V')dnl      # no certificates of clients
')')dnl
ifelse(site, `lab', `FEATURE(`promiscuous_relay')')dnl
