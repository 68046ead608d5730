"""A small name server on the loopback that knows TXT records, and can be out of order."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.TXT import TXT

from newsfeed.deliver.dkim.published import NameServer

Records = Mapping[str, Sequence[str]]
"""TXT records by name; each is split as DNS needs it."""


@contextmanager
def name_server(records: Records, *, fails: bool = False) -> Iterator[NameServer]:
    """A name server that answers with `records`, or says SERVFAIL; and its address."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=_serve, args=(server, records, fails), daemon=True)
        thread.start()
        address = server.getsockname()
        try:
            yield NameServer(*address)
        finally:
            server.sendto(b"", address)
            thread.join(10)


def _serve(server: socket.socket, records: Records, fails: bool) -> None:
    while True:
        packet, client = server.recvfrom(4096)
        if not packet:
            return
        server.sendto(_answer(packet, records, fails), client)


def _answer(packet: bytes, records: Records, fails: bool) -> bytes:
    query = dns.message.from_wire(packet)
    answer = dns.message.make_response(query)
    answer.flags |= dns.flags.RA
    asked = query.question[0]
    found = records.get(asked.name.to_text(omit_final_dot=True).lower())
    if fails:
        answer.set_rcode(dns.rcode.SERVFAIL)
    elif found is None:
        answer.set_rcode(dns.rcode.NXDOMAIN)
    elif found and asked.rdtype == dns.rdatatype.TXT:
        answer.answer.append(dns.rrset.from_rdata_list(asked.name, 60, [_txt(t) for t in found]))
    return answer.to_wire()


def _txt(text: str) -> TXT:
    octets = text.encode()
    pieces = [octets[at : at + 255] for at in range(0, len(octets), 255)]
    return TXT(dns.rdataclass.IN, dns.rdatatype.TXT, pieces or [b""])
