package oracle;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.druid.query.Query;
import org.apache.druid.query.filter.DimFilterUtils;
import org.apache.druid.timeline.partition.ShardSpec;

/**
 * {@code prune QUERY SHARDSPEC...}: which shards the Broker would ask, by what it does where secondaryPartitionPruning is
 * on (CachingClusteredClient.computeSegmentsToQuery). Prints their places among the arguments as a JSON list.
 */
final class Prune
{
  static int run(String[] args) throws Exception
  {
    final ObjectMapper json = Env.json();
    final Query<?> query = json.readValue(args[0], Query.class);
    final List<ShardSpec> shards = new ArrayList<>();
    for (int i = 1; i < args.length; i++) {
      shards.add(json.readValue(args[i], ShardSpec.class));
    }
    final List<Integer> places = new ArrayList<>();
    for (int i = 0; i < shards.size(); i++) {
      places.add(i);
    }
    final Set<Integer> asked = DimFilterUtils.filterShards(
        query.getFilter(),
        query.getFilter().getRequiredColumns(),
        places,
        shards::get,
        new HashMap<>()
    );
    System.out.println(json.writeValueAsString(new TreeSet<>(asked)));
    return 0;
  }

  private Prune() {}
}
