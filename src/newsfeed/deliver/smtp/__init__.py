"""Letters leave by SMTP: connections to a relay, the pipelined transaction, what replies mean."""
