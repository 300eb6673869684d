package oracle;

import java.util.Arrays;

/** What the tests ask of Druid 37: query JSON SEGMENT... */
public final class Druid37
{
  public static void main(String[] argv) throws Exception
  {
    Loop.serve(Druid37::dispatch);
  }

  private static int dispatch(String[] argv) throws Exception
  {
    if (!argv[0].equals("query")) {
      throw new IllegalArgumentException("unknown command " + argv[0]);
    }
    return RunQuery.run(Arrays.copyOfRange(argv, 1, argv.length));
  }

  private Druid37() {}
}
