"""notifyctl: the client library, the wire language and the command line of notifyd."""
