// Node's `ws`: the way its manual sends to all clients.
const { WebSocketServer } = require("ws");

const server = new WebSocketServer({
  host: "127.0.0.1",
  port: Number(process.argv[2]),
  perMessageDeflate: false,
});

server.on("connection", (connection) => {
  connection.on("message", (data, isBinary) => {
    if (data.toString() === "hello") {
      connection.isReceiver = true;
      connection.send("welcome");
      return;
    }
    server.clients.forEach((client) => {
      if (client.isReceiver) client.send(data, { binary: isBinary });
    });
    connection.send("done");
  });
});
