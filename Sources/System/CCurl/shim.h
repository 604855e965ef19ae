#pragma once
#include <curl/curl.h>
#include <string.h>

// libcurl's calls take variable arguments; here is one with a fixed shape.

typedef size_t (*ccurl_receive)(char *bytes, size_t size, size_t count, void *context);
typedef int (*ccurl_progress)(void *context, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

struct ccurl_request {
  const char *method;
  const char *url;
  const struct curl_slist *headers;
  int has_body;
  const void *body;
  curl_off_t body_size;
  long timeout_ms;
  long connect_timeout_ms;
  // 0: redirects are not followed.
  long redirects;
  // "": none; NULL: what the environment says.
  const char *proxy;
  const char *user_agent;
  // NULL: the system's.
  const char *ca_file;
  const char *certificate_file;
  const char *key_file;
  // Not 0: any certificate will do.
  int trusts_anyone;
  ccurl_receive on_header;
  ccurl_receive on_body;
  ccurl_progress on_progress;
  void *context;
};

// Takes everything from `request` but keeps the handle's connections.
static inline CURLcode ccurl_perform(CURL *curl, const struct ccurl_request *request, char error[CURL_ERROR_SIZE]) {
  curl_easy_reset(curl);
  error[0] = 0;
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_URL, request->url);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, request->headers);
  curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip");
  if (request->has_body) {
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body ? request->body : "");
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, request->body_size);
  } else if (strcmp(request->method, "HEAD") == 0) {
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  }
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, request->timeout_ms);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, request->connect_timeout_ms);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, request->redirects > 0 ? 1L : 0L);
  curl_easy_setopt(curl, CURLOPT_MAXREDIRS, request->redirects);
  if (request->proxy) curl_easy_setopt(curl, CURLOPT_PROXY, request->proxy);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, request->user_agent);
  if (request->ca_file) curl_easy_setopt(curl, CURLOPT_CAINFO, request->ca_file);
  if (request->certificate_file) curl_easy_setopt(curl, CURLOPT_SSLCERT, request->certificate_file);
  if (request->key_file) curl_easy_setopt(curl, CURLOPT_SSLKEY, request->key_file);
  if (request->trusts_anyone) {
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
  }
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, request->on_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, request->context);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, request->on_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, request->context);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, request->on_progress);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, request->context);
  return curl_easy_perform(curl);
}

static inline CURLcode ccurl_global_init(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

static inline long ccurl_status(CURL *curl) {
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  return status;
}
