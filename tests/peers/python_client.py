"""A client of Python's ssl module: python_client.py PORT JSON. Status 0 when it was answered with a page."""
import json
import socket
import ssl
import sys

port, wish = int(sys.argv[1]), json.loads(sys.argv[2])
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.load_verify_locations(wish["ca"])
if wish["cert"]:
    context.load_cert_chain(wish["cert"], wish["key"])
if wish["version"]:
    version = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[wish["version"]]
    context.minimum_version = context.maximum_version = version
if wish["ciphers"]:
    context.set_ciphers(wish["ciphers"])
try:
    with socket.create_connection(("127.0.0.1", port), 10) as tcp:
        with context.wrap_socket(tcp, server_hostname=wish["name"]) as tls:
            print(tls.version(), tls.cipher()[0])
            tls.sendall(wish["request"].encode())
            page = b""
            while True:
                piece = tls.recv(4096)  # raises ssl.SSLError on an alert, also one that comes after the handshake
                if not piece:
                    break
                page += piece
            print(page.decode("utf-8", "replace"))
except (ssl.SSLError, OSError) as error:
    print("error:", error)
    sys.exit(1)
sys.exit(0 if b" 200 " in page.split(b"\n")[0] else 1)
