#pragma once
#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>

// The calls of libmicrohttpd that take variable arguments, with fixed ones.

typedef void (*mhd_text_logger)(void *context, const char *text);

struct mhd_setup {
  int listen_descriptor;
  unsigned int threads;
  unsigned int connections;
  unsigned int inactivity_seconds;
  size_t connection_memory;
  void *context;
  MHD_AccessHandlerCallback access;
  MHD_RequestCompletedCallback completed;
  MHD_NotifyConnectionCallback connection;
  void *(*request_line)(void *context, const char *uri, struct MHD_Connection *connection);
  mhd_text_logger log;
};


static inline void mhd_format_log(void *context, const char *format, va_list arguments) {
  const struct mhd_setup *setup = context;
  char text[512];
  vsnprintf(text, sizeof text, format, arguments);
  setup->log(setup->context, text);
}

// `setup` must stay where it is until the daemon is stopped.
static inline struct MHD_Daemon *mhd_start(const struct mhd_setup *setup) {
  struct MHD_OptionItem several_threads[] = {
    {MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)setup->threads, NULL},
    {MHD_OPTION_END, 0, NULL},
  };
  struct MHD_OptionItem one_thread[] = {{MHD_OPTION_END, 0, NULL}};
  return MHD_start_daemon(
    MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL, setup->access, setup->context,
    MHD_OPTION_EXTERNAL_LOGGER, mhd_format_log, (void *)setup,
    MHD_OPTION_LISTEN_SOCKET, setup->listen_descriptor,
    MHD_OPTION_CONNECTION_LIMIT, setup->connections,
    MHD_OPTION_CONNECTION_TIMEOUT, setup->inactivity_seconds,
    MHD_OPTION_CONNECTION_MEMORY_LIMIT, setup->connection_memory,
    MHD_OPTION_NOTIFY_COMPLETED, setup->completed, setup->context,
    MHD_OPTION_NOTIFY_CONNECTION, setup->connection, setup->context,
    MHD_OPTION_URI_LOG_CALLBACK, setup->request_line, setup->context,
    MHD_OPTION_ARRAY, setup->threads > 1 ? several_threads : one_thread,
    MHD_OPTION_END);
}

static inline int mhd_descriptor(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info ? info->connect_fd : -1;
}

static inline const struct sockaddr *mhd_client_address(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  return info ? info->client_addr : NULL;
}

// What the connection callback stored when the connection began.
static inline void *mhd_socket_context(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info ? info->socket_context : NULL;
}
