package oracle;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.base.Function;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.druid.data.input.Rows;
import org.apache.druid.data.input.impl.DimensionsSpec;
import org.apache.druid.data.input.impl.JSONParseSpec;
import org.apache.druid.data.input.impl.TimestampSpec;
import org.apache.druid.java.util.common.DateTimes;
import org.apache.druid.java.util.common.granularity.Granularity;
import org.apache.druid.java.util.common.parsers.JSONPathSpec;
import org.apache.druid.java.util.common.parsers.Parser;
import org.apache.druid.java.util.common.parsers.TimestampParser;
import org.apache.druid.segment.DimensionHandlerUtils;
import org.joda.time.DateTime;

/**
 * What Druid makes of single values. {@code values FILE}: each line of the file is one question, each line printed its
 * answer; a number comes as the hexadecimal bits of its type, what Druid refuses as {@code error}, null as {@code null}.
 *
 * <pre>
 * {"ask":"time","format":"auto","row":"{\"v\":\"2024-01-01\"}"}   epoch milliseconds
 * {"ask":"coerce","row":"{\"v\":7.0}"}     as long, double, float dimension, then as long, double, float metric, separated by
 *                                          spaces, then a space and the texts of a string dimension as JSON
 * {"ask":"bucket","granularity":"HOUR","times":[0,1]}   start of the bucket of each time
 * </pre>
 */
final class Values
{
  private static final String ERROR = "error";

  interface Coercion
  {
    Object apply(Object value);
  }

  private final ObjectMapper json = new ObjectMapper();
  private final Parser<String, Object> rows =
      new JSONParseSpec(new TimestampSpec("v", "auto", null), DimensionsSpec.EMPTY, JSONPathSpec.DEFAULT, null, null)
          .makeParser();
  private final Map<String, Function<Object, DateTime>> timeParsers = new HashMap<>();

  static int run(String[] args) throws Exception
  {
    final Values values = new Values();
    try (BufferedReader questions = Files.newBufferedReader(Path.of(args[0]), StandardCharsets.UTF_8)) {
      String line;
      while ((line = questions.readLine()) != null) {
        System.out.println(values.answer(values.json.readTree(line)));
      }
    }
    return 0;
  }

  private String answer(JsonNode question) throws Exception
  {
    switch (question.get("ask").asText()) {
      case "time":
        return time(question.get("format").asText(), question.get("row").asText());
      case "coerce":
        return coerce(question.get("row").asText());
      case "bucket":
        return buckets(question.get("granularity"), question.get("times"));
      default:
        throw new IllegalArgumentException(question.toString());
    }
  }

  private String time(String format, String row)
  {
    final Object value = rows.parseToMap(row).get("v");
    try {
      final Function<Object, DateTime> parser =
          timeParsers.computeIfAbsent(format, TimestampParser::createObjectTimestampParser);
      return String.valueOf(parser.apply(value).getMillis());
    }
    catch (RuntimeException e) {
      return ERROR;
    }
  }

  private String coerce(String row) throws Exception
  {
    final Object value = rows.parseToMap(row).get("v");
    final List<String> answers = new ArrayList<>();
    answers.add(bits(v -> DimensionHandlerUtils.convertObjectToLong(v, true), value));
    answers.add(bits(v -> DimensionHandlerUtils.convertObjectToDouble(v, true), value));
    answers.add(bits(v -> DimensionHandlerUtils.convertObjectToFloat(v, true), value));
    if (value == null) {
      answers.add("null null null");
    } else {
      answers.add(bits(v -> Rows.objectToNumber("v", v, true).longValue(), value));
      answers.add(bits(v -> Rows.objectToNumber("v", v, true).doubleValue(), value));
      answers.add(bits(v -> Rows.objectToNumber("v", v, true).floatValue(), value));
    }
    answers.add(json.writeValueAsString(Rows.objectToStrings(value)));
    return String.join(" ", answers);
  }

  private static String bits(Coercion coercion, Object value)
  {
    final Object number;
    try {
      number = coercion.apply(value);
    }
    catch (RuntimeException e) {
      return ERROR;
    }
    if (number instanceof Double) {
      return Long.toHexString(Double.doubleToLongBits((Double) number));
    }
    if (number instanceof Float) {
      return Integer.toHexString(Float.floatToIntBits((Float) number));
    }
    return number == null ? "null" : Long.toHexString((Long) number);
  }

  private String buckets(JsonNode spec, JsonNode times) throws Exception
  {
    final Granularity granularity = Env.json().convertValue(spec, Granularity.class);
    final StringBuilder answer = new StringBuilder();
    for (long time : json.convertValue(times, new TypeReference<List<Long>>() {})) {
      answer.append(granularity.bucketStart(DateTimes.utc(time)).getMillis()).append(' ');
    }
    return answer.toString().trim();
  }

  private Values() {}
}
