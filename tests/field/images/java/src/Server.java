import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** The first route works as soon as the machine does, the second loads a class from another archive. */
public class Server {
  interface Answer {
    String get() throws Exception;
  }

  static void answer(HttpExchange exchange, Answer answer) throws IOException {
    byte[] body;
    int status = 200;
    try {
      body = answer.get().getBytes(StandardCharsets.UTF_8);
    } catch (Throwable error) {
      error.printStackTrace();
      status = 500;
      body = error.toString().getBytes(StandardCharsets.UTF_8);
    }
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  public static void main(String[] args) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress(8000), 0);
    server.createContext("/", exchange -> answer(exchange, () -> "Grüße & more\n"));
    server.createContext("/late", exchange -> answer(exchange, () -> (String) Class.forName("Late").getMethod("report").invoke(null)));
    server.start();
  }
}
