#!/usr/bin/env escript
%% The first route works as soon as the server does, the second loads a module and applications that nothing has loaded before.
main(_) ->
    code:add_patha(filename:dirname(filename:absname(escript:script_name()))),
    {ok, Listener} = gen_tcp:listen(8000, [binary, {active, false}, {packet, http_bin}, {reuseaddr, true}]),
    accept(Listener).

accept(Listener) ->
    {ok, Socket} = gen_tcp:accept(Listener),
    {ok, {http_request, _, {abs_path, Path}, _}} = gen_tcp:recv(Socket, 0),
    Body = case Path of
        <<"/late">> -> try late:report() catch Class:Reason -> io_lib:format("~p~n", [{Class, Reason}]) end;
        _ -> <<"<p>Grüße & more</p>\n"/utf8>>
    end,
    gen_tcp:send(Socket, [<<"HTTP/1.0 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ">>,
        integer_to_list(iolist_size(Body)), <<"\r\n\r\n">>, Body]),
    gen_tcp:close(Socket),
    accept(Listener).
