import type { Transport } from "./transport";

/** The same feed over a WebSocket, for networks that hold back streamed answers. */
export const openWebSocket: Transport = (target, position, to) => {
  const url = new URL(`${target.base}/ws?channel=${target.channel}`, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  if (position !== null) url.searchParams.set("since", position);
  const socket = new WebSocket(url, "fullhouse.v1.json");
  socket.onmessage = (message) => {
    const frame = JSON.parse(message.data as string) as { type: string; data: unknown };
    to.event(frame.type, frame.data);
  };
  socket.onclose = () => to.end();
  return {
    close() {
      socket.onclose = null;
      socket.close();
    },
  };
};
