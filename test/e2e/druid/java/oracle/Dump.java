package oracle;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedWriter;
import java.io.File;
import java.io.OutputStreamWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.quantiles.DoublesSketch;
import org.apache.druid.collections.bitmap.ImmutableBitmap;
import org.apache.druid.hll.HyperLogLogCollector;
import org.apache.druid.java.util.common.io.smoosh.Smoosh;
import org.apache.druid.java.util.common.io.smoosh.SmooshedFileMapper;
import org.apache.druid.query.aggregation.SerializablePairLongDouble;
import org.apache.druid.query.aggregation.SerializablePairLongFloat;
import org.apache.druid.query.aggregation.SerializablePairLongLong;
import org.apache.druid.query.aggregation.SerializablePairLongString;
import org.apache.druid.query.aggregation.datasketches.hll.HllSketchHolder;
import org.apache.druid.query.aggregation.datasketches.theta.SketchHolder;
import org.apache.druid.segment.BaseObjectColumnValueSelector;
import org.apache.druid.segment.ColumnSelectorFactory;
import org.apache.druid.segment.Cursor;
import org.apache.druid.segment.CursorBuildSpec;
import org.apache.druid.segment.CursorHolder;
import org.apache.druid.segment.QueryableIndex;
import org.apache.druid.segment.QueryableIndexCursorFactory;
import org.apache.druid.segment.column.BaseColumn;
import org.apache.druid.segment.column.ColumnCapabilities;
import org.apache.druid.segment.column.ColumnHolder;
import org.apache.druid.segment.column.ColumnIndexSupplier;
import org.apache.druid.segment.column.DictionaryEncodedColumn;
import org.apache.druid.segment.column.StringEncodingStrategies;
import org.apache.druid.segment.data.CompressionFactory;
import org.apache.druid.segment.data.CompressionStrategy;
import org.apache.druid.segment.data.GenericIndexed;
import org.apache.druid.segment.index.semantic.DictionaryEncodedStringValueIndex;
import org.roaringbitmap.IntIterator;

/** {@code dump} and {@code validate}: what Druid itself says about a V9 segment, plus the encoding facts in its bytes. */
final class Dump
{
  static int validate(String[] args) throws Exception
  {
    try {
      Env.indexIO().validateTwoSegments(Env.segmentDir(args[0]), Env.segmentDir(args[1]));
      System.out.println("{\"same\":true}");
      return 0;
    }
    catch (Exception e) {
      final Map<String, Object> m = new LinkedHashMap<>();
      m.put("same", false);
      m.put("error", e.getClass().getSimpleName() + ": " + e.getMessage());
      System.out.println(Env.json().writeValueAsString(m));
      return 1;
    }
  }

  static int run(String[] args) throws Exception
  {
    String segment = null;
    boolean rows = false;
    boolean bitmaps = false;
    for (String a : args) {
      if (a.equals("--rows")) {
        rows = true;
      } else if (a.equals("--bitmaps")) {
        bitmaps = true;
      } else {
        segment = a;
      }
    }
    final ObjectMapper json = Env.json();
    final File dir = Env.segmentDir(segment);
    final Map<String, Object> out = new LinkedHashMap<>();

    final Map<String, Object> files = new LinkedHashMap<>();
    final File[] list = dir.listFiles();
    Arrays.sort(list);
    for (File f : list) {
      files.put(f.getName(), f.length());
    }
    out.put("files", files);
    out.put("version", ByteBuffer.wrap(Files.readAllBytes(new File(dir, "version.bin").toPath())).getInt());
    if (new File(dir, "factory.json").exists()) {
      out.put("factory", json.readTree(new File(dir, "factory.json")));
    }
    out.put("meta.smoosh", Files.readAllLines(new File(dir, "meta.smoosh").toPath()));

    try (QueryableIndex index = Env.indexIO().loadIndex(dir); SmooshedFileMapper mapper = Smoosh.map(dir)) {
      out.put("numRows", index.getNumRows());
      out.put("interval", index.getDataInterval().toString());
      out.put("columnNames", index.getColumnNames());
      out.put("availableDimensions", list(index.getAvailableDimensions()));
      out.put("bitmapFactory", index.getBitmapFactoryForDimensions().getClass().getSimpleName());
      out.put("ordering", index.getOrdering());
      out.put("index.drd", drd(mapper));
      final ByteBuffer meta = mapper.mapFile("metadata.drd");
      out.put("metadata", meta == null ? null : json.readTree(bytes(meta)));

      final Map<String, Object> columns = new LinkedHashMap<>();
      final Set<String> names = new LinkedHashSet<>();
      names.add(ColumnHolder.TIME_COLUMN_NAME);
      names.addAll(index.getColumnNames());
      for (String name : names) {
        columns.put(name, column(index, mapper, name, bitmaps));
      }
      out.put("columns", columns);

      // Line 1: the description; then one line a row.
      final BufferedWriter w = new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8));
      w.write(json.writeValueAsString(out));
      w.newLine();
      if (rows) {
        rows(index, new ArrayList<>(names), w, json);
      }
      w.flush();
    }
    return 0;
  }

  private static void rows(QueryableIndex index, List<String> names, BufferedWriter w, ObjectMapper json)
      throws Exception
  {
    try (CursorHolder holder = new QueryableIndexCursorFactory(index).makeCursorHolder(CursorBuildSpec.FULL_SCAN)) {
      final Cursor cursor = holder.asCursor();
      if (cursor == null) {
        return;
      }
      final ColumnSelectorFactory f = cursor.getColumnSelectorFactory();
      final List<BaseObjectColumnValueSelector<?>> selectors = new ArrayList<>();
      for (String n : names) {
        selectors.add(f.makeColumnValueSelector(n));
      }
      while (!cursor.isDone()) {
        final Map<String, Object> row = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
          row.put(names.get(i), value(selectors.get(i).getObject()));
        }
        w.write(json.writeValueAsString(row));
        w.newLine();
        cursor.advance();
      }
    }
  }

  /** Complex values in a form that another implementation can compare. */
  static Object value(Object v)
  {
    final Map<String, Object> m = new LinkedHashMap<>();
    byte[] bytes = null;
    if (v instanceof HllSketchHolder || v instanceof HllSketch) {
      final HllSketch s = v instanceof HllSketch ? (HllSketch) v : ((HllSketchHolder) v).getSketch();
      m.put("estimate", s.getEstimate());
      m.put("lgK", s.getLgConfigK());
      m.put("type", s.getTgtHllType().toString());
      bytes = s.toCompactByteArray();
    } else if (v instanceof SketchHolder) {
      final SketchHolder s = (SketchHolder) v;
      m.put("estimate", s.getEstimate());
      m.put("retained", s.getSketch().getRetainedEntries(true));
      m.put("thetaLong", s.getSketch().getThetaLong());
      bytes = s.getSketch().toByteArray();
    } else if (v instanceof DoublesSketch) {
      final DoublesSketch s = (DoublesSketch) v;
      m.put("k", s.getK());
      m.put("n", s.getN());
      if (!s.isEmpty()) {
        m.put("min", s.getMinItem());
        m.put("max", s.getMaxItem());
        m.put("quantiles", s.getQuantiles(new double[]{0.1, 0.5, 0.9}));
      }
      bytes = s.toByteArray(true);
    } else if (v instanceof HyperLogLogCollector) {
      final HyperLogLogCollector h = (HyperLogLogCollector) v;
      m.put("estimate", h.estimateCardinality());
      bytes = h.toByteArray();
    } else if (v instanceof SerializablePairLongString) {
      return pair(((SerializablePairLongString) v).lhs, ((SerializablePairLongString) v).rhs);
    } else if (v instanceof SerializablePairLongLong) {
      return pair(((SerializablePairLongLong) v).lhs, ((SerializablePairLongLong) v).rhs);
    } else if (v instanceof SerializablePairLongDouble) {
      return pair(((SerializablePairLongDouble) v).lhs, ((SerializablePairLongDouble) v).rhs);
    } else if (v instanceof SerializablePairLongFloat) {
      return pair(((SerializablePairLongFloat) v).lhs, ((SerializablePairLongFloat) v).rhs);
    } else if (v instanceof Object[]) {
      final List<Object> l = new ArrayList<>();
      for (Object o : (Object[]) v) {
        l.add(value(o));
      }
      return l;
    } else {
      return v;
    }
    if (bytes != null) {
      m.put("bytes", Base64.getEncoder().encodeToString(bytes));
    }
    return m;
  }

  private static Map<String, Object> pair(Object time, Object v)
  {
    final Map<String, Object> m = new LinkedHashMap<>();
    m.put("time", time);
    m.put("value", v);
    return m;
  }

  /** index.drd as stored: null entries of allColumns stand for the non-null ones, in order. */
  private static Map<String, Object> drd(SmooshedFileMapper mapper) throws Exception
  {
    final Map<String, Object> m = new LinkedHashMap<>();
    final ByteBuffer b = mapper.mapFile("index.drd");
    m.put("bytes", b.remaining());
    m.put("columns", list(GenericIndexed.read(b, GenericIndexed.STRING_STRATEGY, mapper)));
    m.put("dimensions", list(GenericIndexed.read(b, GenericIndexed.STRING_STRATEGY, mapper)));
    m.put("startMillis", b.getLong());
    m.put("endMillis", b.getLong());
    if (b.hasRemaining()) {
      final byte[] s = new byte[b.getInt()];
      b.get(s);
      m.put("bitmapSerdeFactory", Env.json().readTree(s));
    }
    if (b.hasRemaining()) {
      m.put("allColumns", list(GenericIndexed.read(b, GenericIndexed.STRING_STRATEGY, mapper)));
      m.put("allDimensions", list(GenericIndexed.read(b, GenericIndexed.STRING_STRATEGY, mapper)));
    }
    return m;
  }

  private static Map<String, Object> column(QueryableIndex index, SmooshedFileMapper mapper, String name, boolean bitmaps)
      throws Exception
  {
    final Map<String, Object> m = new LinkedHashMap<>();
    final ColumnHolder holder = index.getColumnHolder(name);
    if (holder == null) {
      m.put("absent", true);
      return m;
    }
    final ColumnCapabilities c = holder.getCapabilities();
    m.put("type", c.toColumnType() == null ? null : c.toColumnType().asTypeString());
    m.put("dictionaryEncoded", c.isDictionaryEncoded().isTrue());
    m.put("hasBitmapIndexes", c.hasBitmapIndexes());
    m.put("multipleValues", c.hasMultipleValues().isTrue());
    m.put("hasNulls", c.hasNulls().isMaybeTrue());
    try (BaseColumn column = holder.getColumn()) {
      m.put("columnClass", column.getClass().getSimpleName());
      if (column instanceof DictionaryEncodedColumn) {
        m.put("cardinality", ((DictionaryEncodedColumn<?>) column).getCardinality());
      }
    }
    final ColumnIndexSupplier indexes = holder.getIndexSupplier();
    if (bitmaps && indexes != null) {
      final DictionaryEncodedStringValueIndex v = indexes.as(DictionaryEncodedStringValueIndex.class);
      if (v != null) {
        final List<Object> l = new ArrayList<>();
        for (int i = 0; i < v.getCardinality(); i++) {
          final ImmutableBitmap bm = v.getBitmap(i);
          final List<Integer> at = new ArrayList<>();
          final IntIterator it = bm.iterator();
          while (it.hasNext()) {
            at.add(it.next());
          }
          final Map<String, Object> e = new LinkedHashMap<>();
          e.put("value", v.getValue(i));
          e.put("rows", at);
          l.add(e);
        }
        m.put("bitmaps", l);
      }
    }
    final ByteBuffer b = mapper.mapFile(name);
    if (b == null) {
      m.put("stored", false);
      return m;
    }
    m.put("storedBytes", b.remaining());
    final byte[] d = new byte[b.getInt()];
    b.get(d);
    final com.fasterxml.jackson.databind.JsonNode descriptor = Env.json().readTree(d);
    m.put("descriptor", descriptor);
    final List<Object> parts = new ArrayList<>();
    for (com.fasterxml.jackson.databind.JsonNode p : descriptor.get("parts")) {
      try {
        parts.add(part(p, b, mapper));
      }
      catch (RuntimeException e) {
        parts.add("undecoded: " + e);
      }
    }
    m.put("encoding", parts);
    return m;
  }

  private static Map<String, Object> part(com.fasterxml.jackson.databind.JsonNode p, ByteBuffer b, SmooshedFileMapper mapper)
  {
    final Map<String, Object> m = new LinkedHashMap<>();
    final String type = p.get("type").asText();
    m.put("type", type);
    final ByteOrder order = p.has("byteOrder") && "BIG_ENDIAN".equals(p.get("byteOrder").asText())
                            ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    switch (type) {
      case "longV2":
      case "floatV2":
      case "doubleV2": {
        final int size = b.getInt();
        final int at = b.position();
        m.put("valueBytes", size);
        numeric(m, b);
        b.position(at + size);
        m.put("nullBitmapBytes", b.remaining() >= 4 ? b.getInt() : 0);
        break;
      }
      case "long":
      case "float":
      case "double":
        numeric(m, b);
        break;
      case "stringDictionary": {
        final int version = b.get();
        int flags = version == 1 ? 1 : 0;
        if (version >= 2) {
          flags = b.getInt();
        }
        m.put("version", new String[]{"UNCOMPRESSED_SINGLE_VALUE", "UNCOMPRESSED_MULTI_VALUE", "COMPRESSED",
            "UNCOMPRESSED_WITH_FLAGS"}[version]);
        m.put("flags", flags + " (1=MULTI_VALUE 2=MULTI_VALUE_V3 4=NO_BITMAP_INDEX)");
        final int at = b.position();
        if (b.get(at) == Byte.MAX_VALUE) {
          m.put("dictionary", b.get(at + 1) == 1 ? "frontCoded" : "utf8(id " + b.get(at + 1) + ")");
          m.put("frontCodedVersion", b.get(at + 2));
          m.put("frontCodedBucketSize", b.get(at + 3) & 0xff);
          m.put("frontCodedHasNull", b.get(at + 4) == 1);
        } else {
          m.put("dictionary", "utf8");
          genericIndexed(m, "dictionaryIndexed", b, at);
        }
        StringEncodingStrategies.getStringDictionarySupplier(mapper, b, order);
        m.put("dictionaryBytes", b.position() - at);
        final int v = b.position();
        final boolean multi = (flags & 3) != 0;
        if (version == 2) {
          if (multi) {
            m.put("valueFormat", "V3CompressedVSizeColumnarMultiInts v" + b.get(v));
            // offsets: CompressedColumnarInts {version, totalSize, sizePer, compression}; values follow it
            m.put("offsetsTotal", b.getInt(v + 2));
            m.put("offsetsPerBlock", b.getInt(v + 6));
            m.put("compression", compression(b.get(v + 10)));
          } else {
            m.put("valueFormat", "CompressedVSizeColumnarInts v" + b.get(v));
            m.put("numBytes", b.get(v + 1));
            m.put("total", b.getInt(v + 2));
            m.put("perBlock", b.getInt(v + 6));
            m.put("compression", compression(b.get(v + 10)));
          }
        } else {
          m.put("valueFormat", (multi ? "VSizeColumnarMultiInts v" : "VSizeColumnarInts v") + b.get(v));
          m.put("numBytes", b.get(v + 1));
          m.put("size", b.getInt(v + 2));
          m.put("compression", "uncompressed");
        }
        break;
      }
      case "complex":
        m.put("firstByte", b.get(b.position()));
        if (b.get(b.position()) == 1 || b.get(b.position()) == 2) {
          genericIndexed(m, "indexed", b, b.position());
        }
        break;
      default:
        break;
    }
    return m;
  }

  private static void genericIndexed(Map<String, Object> m, String key, ByteBuffer b, int at)
  {
    final Map<String, Object> g = new LinkedHashMap<>();
    g.put("version", b.get(at));
    g.put("reverseLookup", b.get(at + 1) == 1);
    if (b.get(at) == 1) {
      g.put("bytes", b.getInt(at + 2));
      g.put("count", b.getInt(at + 6));
    }
    m.put(key, g);
  }

  private static void numeric(Map<String, Object> m, ByteBuffer b)
  {
    final byte version = b.get();
    m.put("version", version);
    m.put("total", b.getInt());
    m.put("perBlock", b.getInt());
    if (version == 2) {
      byte id = b.get();
      if (CompressionFactory.hasEncodingFlag(id)) {
        id = CompressionFactory.clearEncodingFlag(id);
        m.put("longEncoding", String.valueOf(CompressionFactory.LongEncodingFormat.forId(b.get())));
      } else {
        m.put("longEncoding", "none (LONGS)");
      }
      m.put("compression", compression(id));
    } else {
      m.put("compression", "lzf");
    }
  }

  private static String compression(byte id)
  {
    final CompressionStrategy s = CompressionStrategy.forId(id);
    return s == null ? "id " + id : s.toString();
  }

  private static byte[] bytes(ByteBuffer b)
  {
    final byte[] r = new byte[b.remaining()];
    b.get(r);
    return r;
  }

  private static List<Object> list(Iterable<?> i)
  {
    final List<Object> l = new ArrayList<>();
    i.forEach(l::add);
    return l;
  }

  private Dump() {}
}
