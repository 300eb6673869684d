package oracle;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.druid.java.util.common.guava.Sequence;
import org.apache.druid.query.DirectQueryProcessingPool;
import org.apache.druid.query.FluentQueryRunner;
import org.apache.druid.query.Query;
import org.apache.druid.query.QueryPlus;
import org.apache.druid.query.QueryRunner;
import org.apache.druid.query.QueryRunnerFactory;
import org.apache.druid.query.QueryRunnerFactoryConglomerate;
import org.apache.druid.query.QueryToolChest;
import org.apache.druid.query.context.ResponseContext;
import org.apache.druid.segment.QueryableIndex;
import org.apache.druid.segment.QueryableIndexSegment;
import org.apache.druid.server.ResourceIdPopulatingQueryRunner;
import org.apache.druid.timeline.SegmentId;

/**
 * {@code query}: one native query over the given segments with the real engines, merged and finalised as a Historical
 * and then a Broker would. The query is given as JSON text. Its dataSource name is ignored; every segment given is
 * queried (no overshadowing), restricted by the query's own intervals.
 */
final class RunQuery
{
  static int run(String[] args) throws Exception
  {
    final ObjectMapper json = Env.json();
    Query<?> query = json.readValue(args[0], Query.class);
    final List<QueryableIndex> indexes = new ArrayList<>();
    for (int i = 1; i < args.length; i++) {
      indexes.add(Env.indexIO().loadIndex(Env.segmentDir(args[i])));
    }
    if (query.getId() == null) {
      query = query.withId(UUID.randomUUID().toString());
    }
    final List<Object> rows = new ArrayList<>();
    execute(ResourceIdPopulatingQueryRunner.populateResourceId(query), indexes).accumulate(null, (a, r) -> {
      rows.add(r);
      return null;
    });
    System.out.println(json.writerWithDefaultPrettyPrinter().writeValueAsString(rows));
    return 0;
  }

  private static <T> Sequence<?> execute(Query<T> query, List<QueryableIndex> indexes)
  {
    final QueryRunnerFactory<T, Query<T>> factory =
        Env.injector().getInstance(QueryRunnerFactoryConglomerate.class).findFactory(query);
    final QueryToolChest<T, Query<T>> toolChest = factory.getToolchest();
    final List<QueryRunner<T>> runners = new ArrayList<>();
    int n = 0;
    for (QueryableIndex index : indexes) {
      final SegmentId id = SegmentId.of("e2e", index.getDataInterval(), "v", n++);
      runners.add(factory.createRunner(new QueryableIndexSegment(index, id)));
    }
    final QueryRunner<T> runner = FluentQueryRunner
        .create(factory.mergeRunners(DirectQueryProcessingPool.INSTANCE, runners), toolChest)
        .mergeResults(true)
        .applyPostMergeDecoration();
    // Group-by rows come back as arrays with a signature; show them as the Broker's JSON does.
    final com.google.common.base.Function<T, Object> show = r ->
        r instanceof org.apache.druid.query.groupby.ResultRow
        ? ((org.apache.druid.query.groupby.ResultRow) r).toMapBasedRow((org.apache.druid.query.groupby.GroupByQuery) (Query) query)
        : r;
    return runner.run(QueryPlus.wrap(query), ResponseContext.createEmpty()).map(show);
  }

  private RunQuery() {}
}
