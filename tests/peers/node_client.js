// A client of Node's tls module: node node_client.js PORT JSON. Status 0 when it was answered with a page.
'use strict';
const fs = require('fs');
const tls = require('tls');

const port = Number(process.argv[2]);
const wish = JSON.parse(process.argv[3]);
const options = { host: '127.0.0.1', port, servername: wish.name, ca: fs.readFileSync(wish.ca) };
if (wish.cert) {
    options.cert = fs.readFileSync(wish.cert);
    options.key = fs.readFileSync(wish.key);
}
if (wish.version) options.minVersion = options.maxVersion = 'TLSv' + wish.version;
if (wish.ciphers) options.ciphers = wish.ciphers;
if (wish.groups) options.ecdhCurve = wish.groups;

let page = '';
const socket = tls.connect(options, () => {
    console.log(socket.getProtocol(), socket.getCipher().standardName, JSON.stringify(socket.getEphemeralKeyInfo()));
    socket.write(wish.request);
});
socket.on('data', (piece) => { page += piece; });
socket.on('error', (error) => { console.log('error:', error.message); process.exit(1); });
socket.on('end', () => {
    console.log(page);
    process.exit(page.split('\n')[0].includes(' 200 ') ? 0 : 1);
});
socket.setTimeout(10000, () => { console.log('error: timed out'); process.exit(1); });
