"""The network beyond this machine, as far as it is asked by HTTP."""
