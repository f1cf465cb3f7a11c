"""What the real server tests stand on: sink, servers, gate, clients. All of it stays on loopback."""
