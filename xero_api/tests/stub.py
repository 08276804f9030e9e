"""A server on 127.0.0.1 that answers as it was told, or not at all, and remembers what reached it byte by byte."""

import contextlib
import json
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    method: str
    target: str
    headers: dict
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def form(self) -> dict:
        return dict(parse_qsl(self.body.decode()))


@dataclass
class Answer:
    """What to answer.

    :ivar kind: "answer", "reset" (close without a word), "cut" (half of the body)
    :ivar seconds: to wait before
    """

    status: int = 200
    body: object = b""
    headers: dict = field(default_factory=dict)
    kind: str = "answer"
    seconds: float = 0.0

    @property
    def raw(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class Stub:
    """`with Stub() as stub: stub.will(Answer(429))`; what is not told is answered with 200 and {}."""

    def __init__(self, tls=None):
        """
        :param tls: path of a file with a key and a certificate, to be spoken to by https
        """
        self.seen: list[Seen] = []
        self._answers: list[Answer] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *exc_info):
        self._server.shutdown()
        self._server.server_close()

    def will(self, *answers: Answer) -> None:
        self._answers.extend(answers)

    def next_answer(self) -> Answer:
        return self._answers.pop(0) if self._answers else Answer(body={})


def _handler(stub: Stub):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            stub.seen.append(Seen(self.command, self.path, dict(self.headers.items()), body))
            answer = stub.next_answer()
            time.sleep(answer.seconds)
            if answer.kind == "reset":
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            # Who has waited too long is gone by now.
            with contextlib.suppress(OSError):
                self._answer(answer)

        def _answer(self, answer):
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.status != 204:
                self.send_header("Content-Length", str(len(answer.raw)))
            self.end_headers()
            cut = answer.kind == "cut"
            self.wfile.write(answer.raw[: len(answer.raw) // 2] if cut else answer.raw)
            self.close_connection = cut

        do_GET = do_PUT = do_POST = do_DELETE = _serve

        def log_message(self, *args):
            """Quiet: what arrived is in `stub.seen`."""

    return Handler
