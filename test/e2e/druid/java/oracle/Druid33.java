package oracle;

import java.util.Arrays;

/** What the tests ask of Druid 33: hadoop-index SPEC, dump SEGMENT, validate A B, values FILE, query JSON SEGMENT..., prune JSON SHARDSPEC..., timeline FILE */
public final class Druid33
{
  public static void main(String[] argv) throws Exception
  {
    Loop.serve(Druid33::dispatch);
  }

  private static int dispatch(String[] argv) throws Exception
  {
    final String[] args = Arrays.copyOfRange(argv, 1, argv.length);
    switch (argv[0]) {
      case "hadoop-index":
        return HadoopIndex.run(args);
      case "dump":
        return Dump.run(args);
      case "validate":
        return Dump.validate(args);
      case "values":
        return Values.run(args);
      case "prune":
        return Prune.run(args);
      case "timeline":
        return Timeline.run(args);
      case "query":
        return RunQuery.run(args);
      default:
        throw new IllegalArgumentException("unknown command " + argv[0]);
    }
  }

  private Druid33() {}
}
