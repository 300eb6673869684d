package oracle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Serves commands to another process in one JVM, because starting one costs seconds. Reads one JSON object a line from
 * stdin, {@code {"args":["validate","/a","/b"]}}, and answers with one on stdout, {@code {"exit":0,"output":"..."}},
 * where output is what the command printed. A command that throws exits with 1 and prints
 * {@code {"exception":"root cause","outer":"..."}}. Ends when stdin does.
 */
final class Loop
{
  interface Command
  {
    int run(String[] args) throws Exception;
  }

  static void serve(Command command) throws Exception
  {
    final ObjectMapper json = new ObjectMapper();
    final PrintStream answers = System.out;
    final BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String line;
    while ((line = requests.readLine()) != null) {
      final JsonNode list = json.readTree(line).get("args");
      final String[] args = new String[list.size()];
      for (int i = 0; i < args.length; i++) {
        args[i] = list.get(i).asText();
      }
      final ByteArrayOutputStream printed = new ByteArrayOutputStream();
      System.setOut(new PrintStream(printed, false, StandardCharsets.UTF_8));
      int exit;
      try {
        exit = command.run(args);
      }
      catch (Throwable e) {
        exit = 1;
        e.printStackTrace();
        Throwable root = e;
        while (root.getCause() != null) {
          root = root.getCause();
        }
        printed.reset();
        System.out.println(json.createObjectNode().put("exception", String.valueOf(root)).put("outer", String.valueOf(e)));
      }
      System.out.flush();
      System.setOut(answers);
      Env.deleteUnzipped();
      final ObjectNode answer = json.createObjectNode().put("exit", exit).put("output", printed.toString(StandardCharsets.UTF_8));
      answers.println(json.writeValueAsString(answer));
      answers.flush();
    }
    // Druid's injector leaves threads behind that are no daemons.
    System.exit(0);
  }

  private Loop() {}
}
