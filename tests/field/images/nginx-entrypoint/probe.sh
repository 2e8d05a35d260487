# What nginx behind its script is asked.
# shellcheck shell=bash disable=SC2034 # the probe reads the options by name

# Root, who makes the folders and hands them to the workers' user, and then becomes it. What the templates become goes to memory.
probe_options_nginx_entrypoint=(--cap-add CHOWN --cap-add SETUID --cap-add SETGID --cap-add DAC_OVERRIDE --tmpfs /run --tmpfs /tmp
  --tmpfs /var/lib/nginx:mode=755 --tmpfs /etc/nginx/conf.d --publish 127.0.0.1::8443
  --env SITE_NAME=/a/site.test --env NGINX_ENTRYPOINT_WORKER_PROCESSES_AUTOTUNE=1)

probe_nginx_entrypoint()
{
  local container plain secure
  container=$(probe_start "$1" 8080 "${probe_options_nginx_entrypoint[@]}") || return 1
  plain=http://$(docker port "$container" 8080) secure=https://$(docker port "$container" 8443)
  probe_finish "$container" probe_ask_nginx_entrypoint "$container" "$plain" "$secure"
}

probe_ask_nginx_entrypoint()
{
  local container=$1 plain=$2 secure=$3
  probe_wait curl --silent --fail --output /dev/null "$plain/late" || return 1
  echo "-- what the script made of the template, over TLS too"
  curl --silent --show-error --fail "$plain/late" || return 1
  curl --silent --show-error --fail --insecure --tls-max 1.2 "$secure/late" || return 1
  curl --silent --show-error --fail --insecure --tlsv1.3 "$secure/late" || return 1
  echo "-- a page, a module that is loaded"
  curl --silent --show-error --fail --include "$plain/page.html" | probe_headers content-type content-length x-module || return 1
  echo "-- what the parts said"
  docker logs "$container" 2>&1 | grep '^/docker-entrypoint' || return 1
  probe_health "$container"
}
