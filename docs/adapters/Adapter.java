// An adapter for `alipayplus conformance caller --stdio`: asks once about the payment of each line it reads. JDK 17.
import static java.nio.charset.StandardCharsets.UTF_8; import java.io.*; import java.net.*; import java.net.http.*;
import java.nio.*; import java.nio.file.*; import java.security.*; import java.security.spec.*; import java.time.*;
import java.util.*; import java.util.concurrent.*; import java.util.regex.*;
record Adapter(Map<String, String> task) {
  static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  public static void main(String[] arguments) {
    new BufferedReader(new InputStreamReader(System.in, UTF_8)).lines().forEach(line -> new Thread(() -> {
      var task = json(line); var outcome = "unknown";
      try { outcome = new Adapter(task).ask(); } catch (Exception error) { System.err.println(error); }
      System.out.println("{\"id\": \"" + task.get("/id") + "\", \"outcome\": \"" + outcome + "\"}");
    }).start()); }
  String ask() throws Exception {
    String path = "/aps/api/v1/payments/inquiryPayment", client = task.get("/client_id"), now = "" + Instant.now();
    var body = "{\"acquirerId\":\"%s\",\"pspId\":\"%s\",\"paymentRequestId\":\"%s\"}"
      .formatted(task.get("/acquirer_id"), task.get("/psp_id"), task.get("/payment_request_id"));
    var content = "POST " + path + "\n" + client + ".%s.%s"; var rsa = Signature.getInstance("SHA256withRSA");
    rsa.initSign(KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(pem("/key_file"))));
    rsa.update(content.formatted(now, body).getBytes(UTF_8)); var own = Base64.getEncoder().encodeToString(rsa.sign());
    var header = "algorithm=RSA256, keyVersion=%s, signature=".formatted(task.get("/key_version")) + URLEncoder.encode(own, UTF_8);
    var request = HttpRequest.newBuilder(URI.create(task.get("/url") + path)).POST(HttpRequest.BodyPublishers.ofString(body))
      .headers("Content-Type", "application/json", "Client-Id", client, "Request-Time", now, "Signature", header).build();
    var response = HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray()).get(5, TimeUnit.SECONDS);
    var got = response.headers().map(); var text = UTF_8.newDecoder().decode(ByteBuffer.wrap(response.body())).toString();
    var fields = new HashMap<>(Map.of("algorithm", "RSA256")); var time = String.join("", got.get("Response-Time"));
    for (var pair : String.join("", got.get("Signature")).split(", *")) fields.put(pair.split("=")[0], pair.split("=", 2)[1]);
    var signature = URLDecoder.decode(fields.remove("signature").replace("+", "%2B"), UTF_8).replace('-', '+').replace('_', '/');
    check(fields.equals(Map.of("algorithm", "RSA256", "keyVersion", task.get("/key_version"))) && response.statusCode() == 200);
    check(List.of(client).equals(got.get("Client-Id")) && Duration.between(Instant.now(), OffsetDateTime.parse(time)).abs().toSeconds() < 30);
    rsa.initVerify(KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(pem("/peer_key_file"))));
    rsa.update(content.formatted(time, text).getBytes(UTF_8)); check(rsa.verify(Base64.getDecoder().decode(signature)));
    var answer = json(text); // the signature covers it, so that it may be read
    var said = answer.get("/result/resultStatus") + " " + answer.get("/result/resultCode") + ", "
      + answer.get("/paymentResult/resultStatus") + " " + answer.get("/paymentResult/resultCode");
    if (said.equals("F ORDER_NOT_EXIST, null null")) return "not_found";
    if (said.matches("S SUCCESS, U (?!SUCCESS|null).+")) return "in_progress";
    if (said.matches("S SUCCESS, F (?!SUCCESS|null).+")) return said.endsWith("ORDER_IS_CLOSED") ? "cancelled" : "failed";
    var names = Map.of("payment_id", "paymentId", "currency", "paymentAmount/currency", "value", "paymentAmount/value");
    names.forEach((given, name) -> check(task.get("/expected_" + given).equals(answer.get("/" + name))));
    var isPaid = said.equals("S SUCCESS, S SUCCESS") && answer.containsKey("/paymentTime") && answer.containsKey("/customerId");
    return isPaid ? "paid" : "unknown";
  }
  static void check(boolean right) { if (!right) throw new IllegalArgumentException("no right answer"); }
  byte[] pem(String name) throws IOException { // what begins and ends a PEM file is no base64
    return Base64.getMimeDecoder().decode(Files.readString(Path.of(task.get(name))).replaceAll("-----.*", "")); }
  static Map<String, String> json(String text) { // instead of your JSON library: each value by its path
    var values = new HashMap<String, String>(); String path = "", name = "";
    var in = Pattern.compile("\\G[\\s,:]*([{}\\[\\]]|\"(?:[^\"\\\\]++|\\\\.)*+\"|[\\w.+-]+)").matcher(text);
    for (; in.find(); check(path.length() < 1000)) {
      var token = Pattern.compile("\\\\(?:u(....)|(.))").matcher(in.group(1).replaceAll("^\"|\"$", "")).replaceAll(
        it -> Matcher.quoteReplacement(it.group(2) != null ? it.group(2) : "" + (char) Integer.parseInt(it.group(1), 16)));
      if ("{[".contains(in.group(1))) { path += name + "/"; name = null; }
      else if ("}]".contains(in.group(1))) path = path.replaceFirst("[^/]*/$", "");
      else if (name == null) name = token;
      else { check(in.group(1).equals("null") || values.put(path + name, token) == null); name = null; }
    }
    return values;
  }
}
