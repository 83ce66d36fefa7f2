/**
 * Stands in for cloudflared and ngrok: `tunnel.ts cloudflared …` says what that program says, and stays. With TUNNEL_MOOD
 * set to "refused" it ends as they do without a network or an account.
 */
const [program, ...args] = process.argv.slice(2);
const refused = process.env['TUNNEL_MOOD'] === 'refused';

if (program === 'cloudflared') cloudflared();
else ngrok();

function cloudflared(): void {
  if (args[0] !== 'tunnel' || !args.includes('--url')) leave('Incorrect Usage');
  console.error('2026-11-22T09:00:00Z INF Requesting new quick Tunnel on trycloudflare.com...');
  if (refused)
    leave(
      'failed to request quick Tunnel: Post "https://api.trycloudflare.com/tunnel": dial tcp: lookup api.trycloudflare.com: no such host',
    );
  console.error('2026-11-22T09:00:01Z INF +---------------------------------------------------------+');
  console.error('2026-11-22T09:00:01Z INF |  https://plain-words-of-three.trycloudflare.com          |');
  console.error('2026-11-22T09:00:01Z INF +---------------------------------------------------------+');
  stay();
}

function ngrok(): void {
  if (args[0] !== 'http' || !args.includes('json')) leave('ERROR:  unknown command');
  if (refused)
    leave(
      '{"err":"authentication failed: Usage of ngrok requires a verified account and authtoken. ERR_NGROK_4018","lvl":"eror","msg":"failed to auth"}',
    );
  console.log('{"lvl":"info","msg":"client session established","obj":"tunnels.session"}');
  console.log(
    `{"addr":"http://${args[1]}","lvl":"info","msg":"started tunnel","name":"command_line","obj":"tunnels","url":"https://3f2a-198-51-100-7.ngrok-free.app"}`,
  );
  stay();
}

function stay(): void {
  setInterval(() => {}, 60_000);
}

function leave(last: string): never {
  console.error(last);
  process.exit(1);
}
